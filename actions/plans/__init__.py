"""A repayment plan to look at and to take along: page, chart and workbook, computed from the address alone."""
