"""The words of criteria: text in, tokens, names of measured things, amounts, units and ranges out. Pure"""
