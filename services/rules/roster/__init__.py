"""The roster workbook: bytes in, rows, findings and changes out. No database, no network, no clock.

reading     files → tables of cells           headers     which table is which sheet, which column is what
checking    tables → CheckedRoster            differing   roster against what is stored → RosterChanges
stored      CheckedRoster ↔ JSON              __main__    the same check as a child process with limits
"""
