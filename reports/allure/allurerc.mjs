// Allure's configuration; what differs from run to run stands in the JSON file that ASSAY_ALLURE names.
import { readFileSync } from "node:fs";

const run = JSON.parse(readFileSync(process.env.ASSAY_ALLURE, "utf8"));
const has = (labels, name, value) => labels.some((label) => label.name === name && label.value === value);

// A connector is an environment: each has a state of its own, and they are compared side by side.
const environments = Object.fromEntries(
  run.environments.map(({ id, name, variables }) => [
    id,
    { name, variables, matcher: ({ labels }) => has(labels, "epic", name) },
  ]),
);

// Five runs: each adds some 3 MB for 3,000 cases, to the history and to every report after it.
export default {
  name: run.name,
  output: run.output,
  variables: run.variables,
  environments,
  ...(run.history ? { historyPath: run.history, historyLimit: 5 } : {}),
  categories: { rules: run.categories.map(({ name, statuses, labels }) => ({
    name,
    matchers: {
      statuses,
      labels: Object.fromEntries(Object.entries(labels).map(([label, pattern]) => [label, new RegExp(pattern)])),
    },
  })) },
  plugins: { awesome: { options: { singleFile: true, reportLanguage: "en", groupBy: ["epic", "feature", "story"] } } },
};
