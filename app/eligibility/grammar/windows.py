"""The phrases that open a time in a criterion: `within the last`, `for a minimum of`, `until`."""

from app.eligibility.words.phrases import Phrases

LAST = ("last", "past", "previous", "prior", "preceding", "recent", "most recent")
WINDOWS = Phrases(
    [
        *(
            ("window", f"{opener}{article}{which}")
            for opener in ("within", "in", "during", "over", "throughout")
            for article in (" ", " the ", " their ")
            for which in LAST
        ),
        *(("lasting", f"for{article}{which}") for article in (" ", " the ") for which in LAST),
        *(("lasting", f"{opener}at least the {which}") for opener in ("", "for ") for which in LAST),
        *(("window", which) for which in ("last", "past", "preceding", "previous")),
        *(
            ("first", f"{opener} the {which}")
            for opener in ("in", "within", "over", "during", "for")
            for which in ("following", "coming", "next", "upcoming")
        ),
        ("for", "for a duration of"),
        ("for", "for a period of"),
        ("first", "within the first"),
        ("first", "in the next"),
        ("first", "within the next"),
        ("first", "in a period of"),
        ("first", "within a period of"),
        ("first", "within a minimum of"),
        ("first", "within a maximum of"),
        ("first", "within about"),
        ("first", "within approximately"),
        ("open", "within"),
        ("open", "within the"),
        ("open", "within the the"),
        ("open", "within a"),
        ("open", "w/in"),
        ("before", "in the"),
        ("before", "in"),
        ("before", "during the"),
        ("before", "over the"),
        ("for", "for"),
        ("for", "for about"),
        ("period", "for a"),
        ("for", "for another"),
        ("for", "for an additional"),
        ("for", "for approximately"),
        ("for", "for a minimum of"),
        ("for", "for a minimum period of"),
        ("for", "for a total of"),
        ("first", "during the first"),
        ("until", "until"),
        ("until", "through"),
        ("until", "up until"),
        ("until", "till"),
    ]
)
"""What opens a time: a window before now, one that only `prior` makes one, a duration, an end after the last dose."""
OPENERS = WINDOWS.firsts
