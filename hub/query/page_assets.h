// The page's files, compiled in.
#pragma once

#include <string_view>

namespace epi::hub {

// Links are relative, so that the page works below any prefix.
inline constexpr std::string_view kPageHtml = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Epimetheus</title>
<link rel="stylesheet" href="page.css">
<script src="page.js" defer></script>
</head>
<body>
<header><h1>Epimetheus</h1><p>one view over every Prometheus</p></header>
<main>
<section>
<form id="query-form">
<input id="query" name="query" autocomplete="off" spellcheck="false" aria-label="PromQL expression" placeholder="sum(prometheus_tsdb_head_series)">
<button>Run</button>
<label><input type="checkbox" id="dedup" checked> Deduplicate</label>
<label><input type="checkbox" id="partial" checked> Partial response</label>
</form>
<p id="notice" role="status"></p>
<ul id="warnings"></ul>
<table id="result"><tbody></tbody></table>
</section>
<section>
<h2>Stores</h2>
<table id="stores"><thead><tr><th>endpoint</th><th>kind</th><th>state</th><th>labels</th><th>from</th><th>to</th></tr></thead><tbody></tbody></table>
</section>
</main>
</body>
</html>
)html";

inline constexpr std::string_view kPageScript = R"js('use strict';

const byId = (id) => document.getElementById(id);

// Everything from a server is put in as text, never as markup.
function row(table, cells) {
  const line = table.tBodies[0].insertRow();
  for (const cell of cells) line.insertCell().textContent = cell;
  return line;
}

function seriesName(metric) {
  const {__name__: name, ...labels} = metric;
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return (name || '') + (pairs.length || !name ? `{${pairs.join(', ')}}` : '');
}

function valueText(sample) {
  if (sample.histogram) return `count ${sample.histogram[1].count}, sum ${sample.histogram[1].sum}`;
  return sample.value ? sample.value[1] : `${(sample.values || []).length} points`;
}

function show(answer) {
  const table = byId('result');
  table.tBodies[0].replaceChildren();
  byId('warnings').replaceChildren(...[...(answer.warnings || []), ...(answer.infos || [])].map((text) => {
    const item = document.createElement('li');
    item.textContent = text;
    return item;
  }));
  if (answer.status !== 'success') {
    byId('notice').textContent = `${answer.errorType}: ${answer.error}`;
    return;
  }
  const {resultType, result} = answer.data;
  if (resultType === 'scalar' || resultType === 'string') {
    byId('notice').textContent = resultType;
    row(table, ['', result[1]]);
    return;
  }
  byId('notice').textContent = `${result.length} series`;
  for (const sample of result) row(table, [seriesName(sample.metric), valueText(sample)]);
}

async function run(event) {
  event.preventDefault();
  byId('notice').textContent = 'running';
  const form = new URLSearchParams({query: byId('query').value || byId('query').placeholder,
                                    dedup: byId('dedup').checked, partial_response: byId('partial').checked});
  try {
    const response = await fetch('api/v1/query', {method: 'POST', body: form});
    show(await response.json());
  } catch (error) {
    byId('notice').textContent = `no answer: ${error.message}`;
  }
}

function timeText(ms) {
  if (Math.abs(ms) > 8.6e15 || ms < -62135596800000) return ms < 0 ? 'the beginning' : 'now';
  return new Date(ms).toISOString().replace('.000', '');
}

async function loadStores() {
  const table = byId('stores');
  try {
    const answer = await (await fetch('api/v1/stores')).json();
    table.tBodies[0].replaceChildren();
    for (const [kind, stores] of Object.entries(answer.data)) {
      for (const store of stores) {
        const line = row(table, [store.name, kind, store.healthy ? 'up' : store.lastError || 'not checked',
                                 store.labelSets.map(seriesName).join(' '), timeText(store.minTime), timeText(store.maxTime)]);
        line.className = store.healthy ? 'up' : 'down';
      }
    }
  } catch (error) {
    table.tBodies[0].replaceChildren();
    row(table, [`stores are unknown: ${error.message}`]);
  }
}

byId('query-form').addEventListener('submit', run);
loadStores();
setInterval(loadStores, 5000);
)js";

inline constexpr std::string_view kPageStyle = R"css(:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem 1.5rem; }
header { align-items: baseline; display: flex; gap: 1rem; }
h1 { font-size: 1.4rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
header p { margin: 0; opacity: .7; }
form { align-items: center; display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.25rem; }
#query { flex: 1 1 24rem; font: 14px ui-monospace, monospace; padding: .5rem; }
button { padding: .5rem 1.25rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); padding: .35rem .75rem .35rem 0; text-align: left; vertical-align: top; }
#result td { font: 13px ui-monospace, monospace; overflow-wrap: anywhere; }
#result td:last-child { text-align: right; white-space: nowrap; }
#warnings { color: #b35c00; margin: .25rem 0; padding-left: 1.2rem; }
#notice { margin: .75rem 0 .25rem; opacity: .8; }
tr.down td:nth-child(3) { color: #c62828; }
tr.up td:nth-child(3) { color: #2e7d32; }
)css";

}  // namespace epi::hub
