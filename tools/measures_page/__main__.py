"""Write docs/measures.md."""

from tools.measures_page.page import PAGE, page

PAGE.write_text(page(), encoding="utf-8")
print(f"{PAGE.name} is written.")
