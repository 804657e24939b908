"""What one would write by hand with the bare libraries; nothing here imports planpress.

Each script gets what it writes as plain data (lists, dictionaries, texts, numbers), and leaves out what planpress does
beyond writing: no template is filled, no value is formatted, no text is fitted.
"""
