"""What every room stands on: clock, ids, money, units, names and refusals. Plain Python, no Django."""
