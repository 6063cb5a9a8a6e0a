"""What supervisors see: the exceptions of their units, the lists behind them, and the ledger."""

from services.supervision.ledger import export_sheets, own_unit

__all__ = ["export_sheets", "own_unit"]
