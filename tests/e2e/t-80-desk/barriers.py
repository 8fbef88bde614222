"""What axe-core holds against a page that a browser shows."""
from people import check

RUN = "axe.run(document, {iframes: false}).then(arguments[arguments.length - 1])"


class Barriers:
    def __init__(self, page, axe):
        self.page, self.views, self.minor = page, 0, set()
        with open(axe, encoding="utf-8") as f:
            self.script = f.read()

    def look(self, name):
        """Ends the test where something serious or critical is found."""
        driver = self.page.driver
        driver.execute_script(self.script)
        found = driver.execute_async_script(RUN)["violations"]
        check(not [v for v in found if v["impact"] in ("serious", "critical")],
              "%s: axe-core finds:\n  %s" % (name, "\n  ".join(
                  "%s %s: %s (%s)" % (v["impact"], v["id"], v["help"], v["nodes"][0]["html"][:160])
                  for v in found)))
        self.views += 1
        self.minor.update(v["id"] for v in found)
