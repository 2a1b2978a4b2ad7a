"""Every route of every program is one that nginx hands to it, and one that a test asks for."""
import ast
import functools
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import sources

BUILD = Path(os.environ.get("CRANE_BUILD", sources.ROOT / "build/release"))
FAMILIES = sorted(path.parent.name for path in sources.ROOT.glob("handlers/*/main.cpp"))
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SAMPLE_ID = "org_01jd8x4kq2m7v9w3n5p6r0t1a"


@functools.cache
def routes(family):
    """[(method, path pattern)] as the program itself tells them."""
    program = BUILD / "bin" / f"crane-{family}"
    done = subprocess.run([program, "--describe"], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, f"{program} --describe: {done.stderr}"
    return [(route["method"], route["path"]) for route in json.loads(done.stdout)["routes"]]


def test_the_families_are_the_folders():
    named = {family for _, family in sources.families()}
    assert named == set(FAMILIES), f"nginx/families.conf and handlers/ differ: {sorted(named ^ set(FAMILIES))}"


def owner_of(path):
    """nginx takes the first pattern that fits."""
    return next((family for pattern, family in sources.families() if pattern.search(path)), None)


@pytest.mark.parametrize("family", FAMILIES)
def test_nginx_leads_to_the_family(family):
    faults = []
    for method, pattern in routes(family):
        path = re.sub(r"\{[^}]+\}", SAMPLE_ID, pattern)
        for asked in (path, path + "/"):
            if owner_of(asked) != family:
                faults.append(f"{method} {pattern} goes to {owner_of(asked)}")
    assert not faults, "\n".join(faults)


def test_what_nobody_owns_is_nobodys():
    for path in ("/", "/organization", "/organizations-x", "/health/x", "/system/x", "/currenciesx", f"/organizations/{SAMPLE_ID}/nonesuch", "/etc/passwd"):
        assert owner_of(path) is None, f"{path} goes to {owner_of(path)}"


# Which paths the tests ask for: string literals and f-strings, where * stands for what is filled in.

def joined(parts):
    shapes = [""]
    for part in parts:
        shapes = [shape + more for shape in shapes for more in part][:50]
    return shapes


class Shapes(ast.NodeVisitor):
    """(method, path shape) of every request that a file writes down."""

    def __init__(self, tree):
        self.found, self.names = set(), {}
        for node in ast.walk(tree):
            # `path, other = f"/transactions/{made}", …` gives a name its shapes.
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                target, value = node.targets[0], node.value
                pairs = zip(target.elts, value.elts) if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) else [(target, value)]
                for name, given in pairs:
                    if isinstance(name, ast.Name) and isinstance(given, (ast.Constant, ast.JoinedStr)):
                        self.names.setdefault(name.id, []).append(given)
        self.visit(tree)

    def shapes(self, node, depth=0):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return [node.value]
        if isinstance(node, ast.JoinedStr):
            return joined([self.shapes(part, depth) for part in node.values])
        if isinstance(node, ast.FormattedValue):
            return self.shapes(node.value, depth) if isinstance(node.value, ast.Name) else ["*"]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return joined([self.shapes(node.left, depth), self.shapes(node.right, depth)])
        if isinstance(node, ast.Name) and node.id in self.names and depth < 4:
            return [shape for given in self.names[node.id] for shape in self.shapes(given, depth + 1)]
        return ["*"]

    def note(self, method, node):
        self.found.update((method, shape) for shape in self.shapes(node))

    def visit_pairs(self, elements):
        for method, path in zip(elements, elements[1:]):
            if isinstance(method, ast.Constant) and method.value in METHODS:
                self.note(method.value, path)

    def visit_Call(self, node):
        verb = node.func.attr.upper() if isinstance(node.func, ast.Attribute) else ""
        if verb in METHODS:
            self.note(verb, node.args[0] if node.args else ast.Constant(""))
        self.visit_pairs(node.args)
        self.generic_visit(node)

    def visit_Tuple(self, node):
        self.visit_pairs(node.elts)
        self.generic_visit(node)

    visit_List = visit_Tuple


@functools.cache
def asked_for():
    files = [*sources.files(["tests/api"], ".py"), sources.ROOT / "tests/support/books.py"]
    return frozenset().union(*(Shapes(ast.parse(sources.text_of(path))).found for path in files))


def fits(shape, pattern):
    """Whether a request of this shape is of the route: what is filled in stands for one part of the path, or for its begin."""
    shape = shape.split("?")[0].rstrip("/")
    expected = re.sub(r"\{[^}]+\}", "{}", pattern)
    begin = "/organizations/{}"
    candidates = {expected, expected.removeprefix(begin)} if expected.startswith(begin) else {expected}
    if not shape.strip("*"):
        return shape == "" and "" in candidates
    words = re.split(r"(\*+)", shape)
    regex = "".join(r"[^/]+" if word.startswith("*") else re.escape(word) for word in words)
    if words[0] == "" and len(words) > 2:
        regex = r".*" + regex[len(r"[^/]+"):]  # it begins with what is filled in
    return any(re.fullmatch(regex, candidate.replace("{}", "ID")) for candidate in candidates)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_test_asks_for_the_route(family):
    missing = [f"{method} {pattern}" for method, pattern in routes(family)
               if not any(asked == method and fits(shape, pattern) for asked, shape in asked_for())]
    assert not missing, "no test under tests/api asks for\n" + "\n".join(missing)


def test_shapes_fit_their_routes():
    one = "/organizations/{organization_id}/transactions/{transaction_id}"
    for shape, pattern, expected in (
            ("/transactions", "/organizations/{organization_id}/transactions", True),
            ("/organizations/*/transactions", "/organizations/{organization_id}/transactions", True),
            ("*/transactions", "/organizations/{organization_id}/transactions", True),
            ("/transactions?limit=1", "/organizations/{organization_id}/transactions", True),
            ("/transactions/*", one, True), ("/transactions/*/post", one + "/post", True), ("*/post", one + "/post", True),
            ("/transactions/*", one + "/post", False), ("/transactions/batch", one + "/post", False), ("/transactions", one, False),
            ("*", one, False), ("", "/organizations/{organization_id}", True), ("", one, False), ("/health", "/health", True),
            ("/currencies/CUR_*", "/currencies/{currency_id}", False), ("/organizations/*", "/organizations/{organization_id}", True)):
        assert fits(shape, pattern) == expected, (shape, pattern)
