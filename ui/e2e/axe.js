// Runs in the page, after axe: every violation with its weight, its rule and the first places.
const done = arguments[arguments.length - 1];
axe
  .run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    resultTypes: ['violations'],
  })
  .then((found) =>
    done(
      found.violations.map((violation) => ({
        impact: violation.impact ?? 'minor',
        rule: violation.id,
        places: violation.nodes.slice(0, 5).map((node) => `${node.target.join(' ')} – ${node.failureSummary}`),
      })),
    ),
  )
  .catch((error) => done([{ impact: 'critical', rule: 'axe-failed', places: [String(error)] }]));
