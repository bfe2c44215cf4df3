#!/usr/bin/env python3
"""`epimetheus-hub promql` answers over blocks that promtool made, in every format, and names what is wrong."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

SKIP_EXIT_CODE = 77
HUB = os.path.join(os.environ.get("EPI_BIN", "build/release/bin"), "epimetheus-hub")
START = 1_700_000_000
STEPS = 60


def openmetrics():
    lines = ["# TYPE requests counter", "# HELP requests Requests."]
    for code, slope in (("200", 10), ("500", 1)):
        for i in range(STEPS + 1):
            lines.append(f'requests_total{{code="{code}"}} {i * slope} {START + i * 15}')
    return "\n".join(lines + ["# EOF", ""])


class PromqlCommand(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.blocks = os.path.join(cls.folder.name, "blocks")
        source = os.path.join(cls.folder.name, "data.om")
        with open(source, "w", encoding="utf-8") as file:
            file.write(openmetrics())
        subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", "--quiet", source, cls.blocks], check=True,
                       stdout=subprocess.DEVNULL)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def run_hub(self, *args, blocks=None):
        done = subprocess.run([HUB, "promql", *args, "--blocks", blocks or self.blocks], capture_output=True, text=True,
                              timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr

    def test_an_instant_query_is_a_table_at_the_end_of_the_data(self):
        self.assertEqual(self.run_hub("requests_total"),
                         (0, 'requests_total{code="200"}  600\nrequests_total{code="500"}  60\n', ""))

    def test_a_time_is_taken_in_every_spelling(self):
        for time in (str(START + 150), "2023-11-14T22:15:50Z"):
            self.assertEqual(self.run_hub("sum(requests_total)", "--time", time), (0, "{}  110\n", ""))

    def test_json_is_that_of_the_http_api(self):
        code, out, err = self.run_hub("rate(requests_total[1m])", "--start", str(START + 60), "--end", str(START + 120),
                                      "--step", "1m", "--format", "json")
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(json.loads(out), {"status": "success", "data": {"resultType": "matrix", "result": [
            {"metric": {"code": status}, "values": [[START + 60, value], [START + 120, value]]}
            for status, value in (("200", "0.6666666666666666"), ("500", "0.06666666666666665"))]}})

    def test_one_block_may_be_named_itself(self):
        block = sorted(os.listdir(self.blocks))[0]
        code, out, _ = self.run_hub("count(requests_total)", blocks=os.path.join(self.blocks, block))
        self.assertEqual((code, out), (0, "{}  2\n"))

    def test_a_plot_has_a_letter_per_series(self):
        code, out, _ = self.run_hub("requests_total", "--step", "15s", "--format", "plot")
        self.assertEqual(code, 0)
        self.assertEqual(out.splitlines()[-2:], ['a requests_total{code="200"}', 'b requests_total{code="500"}'])

    def test_the_plan_can_be_asked_for(self):
        code, out, _ = self.run_hub("sum(requests_total)", "--explain")
        self.assertEqual(code, 0)
        self.assertIn("requests_total", out)

    def test_annotations_go_to_stderr(self):
        code, out, err = self.run_hub("rate(requests_total[1m]) * 0 + rate(gauge[1m]) or sum(quantile(2, requests_total))")
        self.assertEqual((code, out), (0, "{}  +Inf\n"))
        self.assertRegex(err, r"^PromQL warning: quantile value should be between 0 and 1, got 2 \(1:\d+\)\n$")

    def test_features_are_switched_on_by_name(self):
        code, _, err = self.run_hub("mad_over_time(requests_total[1m])")
        self.assertEqual(code, 1)
        self.assertIn('function "mad_over_time" is not enabled', err)
        code, out, _ = self.run_hub("mad_over_time(requests_total[1m])", "--enable-feature=promql-experimental-functions")
        self.assertEqual((code, len(out.splitlines())), (0, 2))

    def test_what_is_wrong_is_named(self):
        cases = [(("sum(",), self.blocks, "parse error"),
                 (("requests_total + on() group_left() requests_total",), self.blocks, "found duplicate series"),
                 (("requests_total", "--query.max-samples", "1"), self.blocks, "too many samples"),
                 (("up",), "/nowhere", "/nowhere"),
                 (("up",), self.folder.name, "no blocks in "),
                 (("up", "--format", "xml"), self.blocks, "xml"),
                 (("up", "--enable-feature", "nonsense"), self.blocks, "nonsense"),
                 (("up", "--step", "1s", "--time", "1"), self.blocks, "--time")]
        for args, blocks, reason in cases:
            code, out, err = self.run_hub(*args, blocks=blocks)
            self.assertEqual((code, out), (1, ""), args)
            self.assertIn(reason, err)


if __name__ == "__main__":
    if shutil.which("promtool") is None:
        print("promtool is not installed")
        sys.exit(SKIP_EXIT_CODE)
    unittest.main()
