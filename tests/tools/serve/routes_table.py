"""The table of routes in tools/serve/README.md, from /openapi.json."""


def table(described):
    rows = ["| method | path | does | key |", "|---|---|---|---|"]
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            values = [p["name"] for p in operation["parameters"] if p["in"] == "query"]
            asked = f"`{path}`" + (f" ({', '.join(values)})" if values else "")
            key = next(iter(operation["security"][0])) if "security" in operation else "-"
            rows.append(f"| {method.upper()} | {asked} | {operation['summary']} | {key} |")
    return "\n".join(rows)
