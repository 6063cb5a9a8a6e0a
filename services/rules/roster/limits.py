"""How much of a sheet is read at all."""

MAX_UNPACKED_BYTES = 50 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200  # twenty times what the sheets need; the reader's memory is rows × columns, empty or not
MAX_PARTS = 2_000  # files inside one workbook
MAX_CHECKED_BYTES = 8 * 1024 * 1024  # 20,000 households with long remarks; one text shown in every cell is more
