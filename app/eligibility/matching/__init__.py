"""Who may join: a patient's facts and a trial's constraints in, a verdict on each criterion out. Pure"""
