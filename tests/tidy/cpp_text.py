"""Just enough C++: text without comments and strings, and how long functions are."""

import re

RAW_STRING = re.compile(r'R"([^()\\ ]{0,16})\(')


def blank(text):
    return re.sub(r"[^\n]", " ", text)


def strip_comments_and_strings(text):
    """The same text with comments, string and character literals blanked; lines and columns stay."""
    out, at = [], 0
    while at < len(text):
        two = text[at:at + 2]
        if two == "//":
            end = text.find("\n", at)
        elif two == "/*":
            end = text.find("*/", at) + 2
        elif RAW_STRING.match(text, at):
            closing = ")" + RAW_STRING.match(text, at).group(1) + '"'
            end = text.find(closing, at) + len(closing)
        elif text[at] == '"' or (text[at] == "'" and not (at > 0 and text[at - 1].isalnum())):
            end = end_of_literal(text, at)
        else:
            out.append(text[at])
            at += 1
            continue
        if end < at + 1:
            end = len(text)
        out.append(blank(text[at:end]))
        at = end
    # Include paths are strings too, and are read elsewhere; angle includes stay for the bans.
    return "".join(out)


def end_of_literal(text, start):
    at = start + 1
    while at < len(text) and text[at] not in (text[start], "\n"):
        at += 2 if text[at] == "\\" else 1
    return at + 1


def is_scope(head):
    """True when a brace after `head` opens a namespace, a type or a linkage block, and no function."""
    while re.search(r"<[^<>]*>", head):
        head = re.sub(r"<[^<>]*>", "", head)
    if re.search(r"\b(namespace|extern)\b", head):
        return True
    # A type's head does not end like a parameter list, attributes apart.
    return bool(re.search(r"\b(class|struct|enum|union)\b", head)) and not re.search(r"\)\s*(const|noexcept|override|final)?\s*$", head)


def is_member_initialiser(head):
    """True for the brace of x_{1} in Constructor() : x_{1} {…}: the head goes on after it."""
    return bool(re.search(r"\)\s*(noexcept\s*)?:[^:]", head) and re.search(r"[\w>]\s*$", head))


def function_lengths(code):
    """(first line, lines, name) of every function body in text from strip_comments_and_strings."""
    stack, start_of_head, line, line_of_head = [], 0, 1, 1
    fresh = True
    for at, c in enumerate(code):
        if fresh and not c.isspace() and c not in "{};":
            line_of_head, fresh = line, False
        if c == "\n":
            line += 1
        elif c == "{":
            head = re.sub(r"(?m)^\s*#.*$", "", code[start_of_head:at])
            inside_function = any(kind == "function" for kind, _, _ in stack)
            if inside_function or (stack and stack[-1][0] == "initialiser"):
                kind = "block"
            elif is_member_initialiser(head):
                stack.append(("initialiser", line_of_head, head))
                continue
            elif is_scope(head):
                kind = "scope"
            else:
                kind = "function" if "(" in head else "block"
            stack.append((kind, line_of_head, head))
            start_of_head, fresh = at + 1, True
        elif c == "}" and stack:
            kind, first, head = stack.pop()
            if kind == "initialiser":
                continue
            if kind == "function":
                named = re.search(r"([\w~:]+|operator\S+)\s*\(", head)
                yield first, line - first + 1, named.group(1) if named else "function"
            start_of_head, fresh = at + 1, True
        elif c == ";" and not any(kind == "function" for kind, _, _ in stack):
            start_of_head, fresh = at + 1, True
