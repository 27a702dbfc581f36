"""What must hold at a server that claims the contract: a table of small checks, each with where it comes from. Pure:
requests go out, and answers come in, through a function that is given (`Ask`).

https://hl7.org/fhir/R5/http.html
"""
