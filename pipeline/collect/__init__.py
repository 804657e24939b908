"""What lies in the inbox, and which workbook speaks for which account."""
