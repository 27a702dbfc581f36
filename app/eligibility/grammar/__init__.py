"""What criteria state: the words of a text in, its typed constraints, each with what restricts it, out. Pure"""
