"""The contract between the server and its clients: OpenAPI documents in, what changed between them out. Pure.

https://spec.openapis.org/oas/v3.1.1.html
"""
