"""What /openapi.json says of the routes: the table and the commands of tools/serve/README.md, and wrong requests to each."""
import re


def table(described):
    rows = ["| method | path | does | key |", "|---|---|---|---|"]
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            values = [p["name"] for p in operation["parameters"] if p["in"] == "query"]
            asked = f"`{path}`" + (f" ({', '.join(values)})" if values else "")
            key = next(iter(operation["security"][0])) if "security" in operation else "-"
            rows.append(f"| {method.upper()} | {asked} | {operation['summary']} | {key} |")
    return "\n".join(rows)


def commands_of(manual):
    """(method, path) of every curl of a document."""
    found = set()
    for line in manual.replace("\\\n", " ").splitlines():
        if line.startswith("curl") and (path := re.search(r":8087(/[^\s'?\"]*)", line)):
            method = re.search(r"-X (\w+)", line)
            found.add((method[1] if method else "POST" if "--json" in line else "GET", path[1]))
    return found


def example_of(path):
    """A path of the pattern that the sample world has."""
    values = {"user": "reader-1", "item": "article-7", "category": "science", "type": "read", "file": "page.css"}
    return re.sub(r"\{(\w+)\}", lambda value: values[value[1]], path)


def wrong_values(operation):
    """Queries that do not fit."""
    wrong = set()
    for parameter in operation["parameters"]:
        name, schema = parameter["name"], parameter["schema"]
        if parameter["in"] != "query":
            continue
        if schema["type"] in ("integer", "number"):
            values = [schema["minimum"] - 1, schema["maximum"] + 1, "", "x", "nan", "inf", "0x1", "1,5", "9" * 30, " 1"]
            wrong |= {f"{name}={value}" for value in values} | ({f"{name}=1.5"} if schema["type"] == "integer" else set())
        elif schema["type"] == "boolean":
            wrong |= {f"{name}={value}" for value in ("", "yes", "1", "TRUE")}
        if schema["type"] != "array":
            wrong.add(f"{name}={schema.get('default', 'a')}&{name}={schema.get('default', 'a')}")
    return {query.replace(" ", "%20") for query in wrong}


def schema_of(operation):
    return operation["requestBody"]["content"]["application/json"]["schema"]


def right_body(operation):
    if "requestBody" not in operation:
        return None
    schema = schema_of(operation)
    one = schema.get("items", schema)
    value = {name: ["a"] if one["properties"][name].get("type") == "array" else "a" for name in one.get("required", [])}
    return [value] if schema["type"] == "array" else value


def wrong_bodies(operation):
    """(status, body, headers) of requests whose body does not fit."""
    if "requestBody" not in operation:
        return [(400, {"never": 1}, {})]
    schema = schema_of(operation)
    several = schema["type"] == "array"
    one = schema.get("items", schema)
    right = right_body(operation)
    wrong = [(400, None, {}), (400, b"{", {}), (400, b"null", {}), (400, b"7", {}), (400, b"\xff", {}),
             (400, right[0] if several else [right], {}), (415, right, {"Content-Type": "text/plain"}),
             (411, right, {"Content-Encoding": "gzip"}), (400, right, {"Content-Length": "x"})]
    for name, field in one["properties"].items():
        of = {"string": 7, "boolean": "true", "array": "a", "integer": "1"}.get(field.get("type"))
        changed = dict(right[0] if several else right)
        if of is not None:
            wrong.append((400, [{**changed, name: of}] if several else {**changed, name: of}, {}))
        if name in changed:
            del changed[name]
            wrong.append((400, [changed] if several else changed, {}))
    return wrong
