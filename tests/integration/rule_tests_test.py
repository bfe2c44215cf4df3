#!/usr/bin/env python3
"""`epimetheus-hub tools test rules` prints what promtool prints, and ends as it ends; `tools test promql` runs scripts."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

SKIP_EXIT_CODE = 77
HUB = os.path.abspath(os.path.join(os.environ.get("EPI_BIN", "build/release/bin"), "epimetheus-hub"))

RULES = """
groups:
- name: first
  interval: 1m
  rules:
  - record: job:up:sum
    expr: sum by (job) (up)
  - alert: Down
    expr: up == 0
    for: 2m
    labels: {severity: page, who: "{{ $labels.instance | toUpper }}"}
    annotations:
      summary: '{{ $labels.instance }} of {{ $labels.job }} is {{ $value | printf "%.1f" }} in {{ $externalLabels.cluster }}'
      link: '{{ "up == 0" | graphLink }}'
- name: second
  rules:
  - record: job:up:twice
    expr: job:up:sum * 2
  - alert: Few
    expr: job:up:twice < 3
"""

INPUT = """
  interval: 1m
  external_labels: {cluster: eu}
  external_url: http://x
  input_series:
  - {series: 'up{job="a", instance="i1"}', values: '1 1 0 0 0 0 0x10'}
  - {series: 'up{job="a", instance="i2"}', values: '1+0x16'}
  - {series: 'gone{job="a"}', values: '1 2 _x3 stale'}
  - {series: 'rising{job="b"}', values: '0+10.5x5 NaN Inf -Inf'}
"""

PASSING = f"""
rule_files: [rules.yml]
evaluation_interval: 1m
group_eval_order: [first, second]
tests:
- name: all good
{INPUT}
  alert_rule_test:
  - {{eval_time: 3m, alertname: Down}}
  - eval_time: 4m
    alertname: Down
    exp_alerts:
    - exp_labels: {{severity: page, instance: i1, job: a, who: I1}}
      exp_annotations:
        summary: i1 of a is 0.0 in eu
        link: /graph?g0.expr=up+%3D%3D+0&g0.tab=0
  - eval_time: 2m
    alertname: Few
    exp_alerts: [{{exp_labels: {{job: a}}}}]
  - {{eval_time: 5m, alertname: Unknown}}
  promql_expr_test:
  - {{expr: 'job:up:twice', eval_time: 5m, exp_samples: [{{labels: 'job:up:twice{{job="a"}}', value: 2}}]}}
  - expr: ALERTS
    eval_time: 5m
    exp_samples:
    - {{labels: 'ALERTS{{alertname="Down", alertstate="firing", instance="i1", job="a", severity="page", who="I1"}}', value: 1}}
    - {{labels: 'ALERTS{{alertname="Few", alertstate="firing", job="a"}}', value: 1}}
  - {{expr: 'count_over_time(gone[11m])', eval_time: 10m, exp_samples: [{{labels: '{{job="a"}}', value: 2}}]}}
  - {{expr: gone, eval_time: 10m}}
  - {{expr: 'max_over_time(rising[5m:])', eval_time: 4m, exp_samples: [{{labels: '{{job="b"}}', value: 42}}]}}
  - {{expr: '1 + 1', eval_time: 4m, exp_samples: [{{value: 2}}]}}
"""

FAILING = f"""
rule_files: [rules.yml, "nothing*.yml"]
tests:
- name: alerts
{INPUT}
  alert_rule_test:
  - eval_time: 5m
    alertname: Down
    exp_alerts:
    - {{exp_labels: {{severity: page}}, exp_annotations: {{summary: other}}}}
    - {{exp_labels: {{severity: a}}}}
  - {{eval_time: 4m30s, alertname: Down}}
  - {{eval_time: 3m, alertname: Nope, exp_alerts: [{{exp_labels: {{a: b}}}}]}}
- {INPUT.lstrip()}
  alert_rule_test:
  - {{eval_time: 5m, alertname: Few}}
  promql_expr_test:
  - {{expr: rising, eval_time: 7m, exp_samples: [{{labels: rising, value: 1}}, {{labels: 'a{{b="c"}}', value: 1e-7}}]}}
  - {{expr: rising, eval_time: 8m}}
  - {{expr: up, eval_time: 90s, exp_samples: [{{labels: up, value: 1}}]}}
  - {{expr: 'up +', eval_time: 0m}}
  - {{expr: up, eval_time: 1m, exp_samples: [{{labels: '{{', value: 1}}]}}
  - {{expr: '"text"', eval_time: 1m}}
  - {{expr: nothing, eval_time: 1h, exp_samples: [{{labels: nothing, value: 1}}]}}
"""

NO_NAME = "tests: [{name: t, alert_rule_test: [{eval_time: 1m}]}, {alert_rule_test: [{eval_time: 90s}]}]\n"

BAD_RULE = """
groups:
- name: g
  rules:
  - {record: x, expr: 'label_replace(up, "instance", "same", "", "")'}
  - {record: y, expr: up}
"""

EVALUATION_FAILS = f"""
rule_files: [bad.yml]
tests:
- {INPUT.lstrip()}
  promql_expr_test:
  - {{expr: y, eval_time: 3m}}
"""

BROKEN_RULES = """
groups:
- name: g
  rules:
  - record: x
    expr: sum(
  - alert: A
    expr: up
    annotations: {a: "{{ $nope }}"}
- name: g
  rules: []
"""

SLOW = f"""
rule_files: [rules.yml]
evaluation_interval: 5m
tests:
- {INPUT.lstrip()}
  promql_expr_test:
  - {{expr: 'rising{{job="b"}}', eval_time: 7m, exp_samples: [{{labels: 'rising{{job="b"}}', value: 52.5}}]}}
  - {{expr: 'count_over_time(up{{instance="i2"}}[9m:])', eval_time: 10m, exp_samples: [{{labels: '{{instance="i2", job="a"}}', value: 2}}]}}
"""

FILES = {"rules.yml": RULES, "passing.yml": PASSING, "failing.yml": FAILING, "no_name.yml": NO_NAME, "bad.yml": BAD_RULE,
         "evaluation.yml": EVALUATION_FAILS, "broken_rules.yml": BROKEN_RULES, "broken.yml": "rule_files: [broken_rules.yml]\ntests: [{name: a}, {name: b}]\n",
         "slow.yml": SLOW, "empty.yml": "rule_files: [rules.yml]\ntests: []\n"}


class RuleTests(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        for name, text in FILES.items():
            cls.write(name, text)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def write(cls, name, text):
        with open(os.path.join(cls.folder.name, name), "w", encoding="utf-8") as file:
            file.write(text)

    def run_in_folder(self, *command):
        done = subprocess.run(command, cwd=self.folder.name, capture_output=True, text=True, timeout=120, check=False)
        return {"code": done.returncode, "stdout": done.stdout, "stderr": done.stderr}

    def ours(self, *args):
        return self.run_in_folder(HUB, "tools", "test", *args)

    def compare(self, *files):
        ours, theirs = self.ours("rules", *files), self.run_in_folder("promtool", "test", "rules", *files)
        self.assertEqual(ours, theirs)
        return theirs

    def test_passing_tests(self):
        self.assertEqual(self.compare("passing.yml")["code"], 0)

    def test_failing_tests(self):
        self.assertIn("WARNING", self.compare("failing.yml")["stderr"])

    def test_several_files(self):
        self.compare("passing.yml", "empty.yml", "failing.yml")

    def test_alert_tests_without_a_name(self):
        self.compare("no_name.yml")

    def test_a_rule_that_fails_ends_its_test(self):
        self.compare("evaluation.yml")

    def test_broken_rules(self):
        self.assertEqual(self.compare("broken.yml")["code"], 1)

    def test_a_slow_evaluation_sees_less(self):
        self.compare("slow.yml")

    def test_files_are_found_beside_the_test_file(self):
        self.compare(os.path.join(self.folder.name, "passing.yml"))

    def test_what_promtool_242_does_not_know(self):
        self.write("newer.yml", """
fuzzy_compare: true
tests:
- name: sums
  start_timestamp: 1000
  input_series:
  - {series: a, values: '0.1x5'}
  - {series: h, values: '{{schema:0 count:3 sum:5 buckets:[1 2]}}x5'}
  promql_expr_test:
  - {expr: 'a * 3', eval_time: 1m, exp_samples: [{value: 0.3}]}
  - {expr: 'timestamp(a)', eval_time: 1m, exp_samples: [{value: 1060}]}
  - {expr: h, eval_time: 1m, exp_samples: [{labels: h, histogram: '{{schema:0 count:3 sum:5 buckets:[1 2]}}'}]}
- name: other
  promql_expr_test: [{expr: vector(1), eval_time: 0s}]
""")
        self.assertEqual(self.ours("rules", "--run", "^sum", "newer.yml"),
                         {"code": 0, "stdout": "Unit Testing:  newer.yml\n  SUCCESS\n\n", "stderr": ""})
        self.assertEqual(self.ours("rules", "newer.yml")["code"], 1)

    def test_a_missing_or_unsound_file_is_named(self):
        self.write("unsound.yml", "tests: [{nmae: x}]\n")
        for name, reason in (("none.yml", "none.yml"), ("unsound.yml", 'unsound.yml:1: unknown key "nmae"')):
            outcome = self.ours("rules", name)
            self.assertEqual(outcome["code"], 1)
            self.assertIn(reason, outcome["stderr"])

    def test_promql_scripts(self):
        self.write("good.test", "load 1m\n  a 1 2 3\n\neval instant at 1m a\n  a 2\n")
        self.write("bad.test", "load 1m\n  a 1 2 3\n\neval instant at 1m a\n  a 3\n")
        self.assertEqual(self.ours("promql", "good.test"), {"code": 0, "stdout": "good.test: 1/1\n", "stderr": ""})
        outcome = self.ours("promql", ".")
        self.assertEqual((outcome["code"], outcome["stdout"]), (1, "./bad.test: 0/1\n./good.test: 1/1\n"))
        self.assertTrue(outcome["stderr"].startswith("./bad.test:4: a\n"), outcome["stderr"])


if __name__ == "__main__":
    if shutil.which("promtool") is None:
        print("promtool is not installed")
        sys.exit(SKIP_EXIT_CODE)
    unittest.main()
