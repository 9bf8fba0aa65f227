"""A manual page in mdoc(7) as what its tests ask of it: its lists, with their items and what stands in these, as text."""
import re

QUOTES = {"Ql": "'%s'", "Pq": "(%s)", "Op": "[%s]", "Sq": "'%s'", "Dq": '"%s"'}
OPEN = {"Oo": "[", "Po": "("}
CLOSE = {"Oc": "]", "Pc": ")"}
PLAIN = {"Ic", "Li", "No", "Cm", "Va", "Pa", "Dv", "Er", "Ev", "Sx", "Nm", "Xr"}
ESCAPES = (("\\(dq", '"'), ("\\&", ""), ("\\e", "\\"), ("\\-", "-"))


def unescape(text):
    for escape, said in ESCAPES:
        text = text.replace(escape, said)
    return text


def join(words):
    """As a formatter would: no space before punctuation, nor inside of brackets."""
    text = re.sub(r" +([.,;:)\]])(?=\s|$|[.,;:)\]])", r"\1", " ".join(w for w in words if w))
    return re.sub(r"([(\[]) +", r"\1", text)


def words_of(line):
    """The words of a macro's line that are read; arguments in upper case, as the usage has them."""
    out, macro, ends = [], "", ""
    for word in re.findall(r'"[^"]*"|\S+', line):
        word = word.strip('"')
        if word in QUOTES:
            before, after = QUOTES[word].split("%s")
            out.append(before)
            ends = after + ends
        elif word in OPEN or word in CLOSE:
            out.append(OPEN.get(word) or CLOSE[word])
        elif word in PLAIN or word in ("Fl", "Ar"):
            macro = word
        else:
            literal = unescape(word)
            out.append("-" + literal if macro == "Fl" else literal.upper() if macro == "Ar" else literal)
            macro = "" if macro == "Fl" else macro
    return out + [ends]


def rendered(line):
    return join(words_of(line[1:])) if line.startswith(".") else unescape(line)


class Item:
    """head: the words of its .It line; macro: the first one there; lines: text, by line; examples: what is shown literally; lists: those within it."""
    def __init__(self, line):
        words = line.split()
        self.macro = words[0] if words else ""
        self.head = join(words_of(line))
        self.lines, self.examples, self.lists = [], [], []

    @property
    def names(self):
        return [w.strip() for w in self.head.split(",")]


class Page:
    """lists: the outermost ones, each with the section that it stands in; examples: those that stand in no item."""
    def __init__(self, path):
        self.lists, self.examples, self.sections = [], [], []
        self.stack = []                  # of lists that are open
        self.literal = None
        with open(path, encoding="utf-8") as f:
            for line in f.read().split("\n"):
                self.take(line)

    def item(self):
        return next((items[-1] for items in reversed(self.stack) if items), None)

    def show(self, text):
        at = self.item()
        (at.examples if at else self.examples).append(text)
        self.say("")

    def say(self, text):
        if self.item():
            self.item().lines.append(text)

    def take(self, line):
        macro = line[1:].split(" ")[0] if line.startswith(".") else ""
        if self.literal is not None:
            if macro == "Ed":
                self.show("\n".join(self.literal))
                self.literal = None
            else:
                self.literal.append(unescape(line))
        elif macro == "Bd":
            self.literal = []
        elif macro == "Dl":
            self.show(unescape(line[4:]))
        elif macro in ("Sh", "Ss"):
            self.sections.append(line[4:])
        elif macro == "Bl":
            new = []
            if self.item():
                self.item().lists.append(new)
            else:
                self.lists.append((self.sections[-1], new))
            self.stack.append(new)
            self.say("")
        elif macro == "El":
            self.stack.pop()
            self.say("")
        elif macro == "It":
            self.stack[-1].append(Item(line[4:]))
        elif macro == "Pp":
            self.say("")
        elif not line.startswith('.\\"'):
            self.say(rendered(line))
