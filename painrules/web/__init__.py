"""The local web page: the interview, the sheet and what can be done with it, as HTML that needs no JavaScript.

It is loaded by `painrules serve` alone (the extra `web`: Starlette, uvicorn and python-multipart).
"""
