"""What the text of a criterion states in a form that can be computed with: text in, typed constraints out. Pure"""
