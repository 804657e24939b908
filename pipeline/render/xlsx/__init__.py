"""Reports as Excel workbooks: live formulas with their values, outline, print set-up, native charts."""
