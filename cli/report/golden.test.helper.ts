// Golden files: the reports as they should look, to be read by people. `UPDATE_GOLDEN=1 npx ava 'cli/**/*.test.ts'` writes them anew.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { ExecutionContext } from 'ava'
import { width } from './text.js'

/** Compares `lines` with `cli/report/golden/<name>.txt`, and that no line is wider than `columns` or ends in blanks. */
export function golden(t: ExecutionContext<unknown>, name: string, lines: readonly string[], columns = 100): void {
  const path = resolve('cli/report/golden', `${name}.txt`)
  const text = `${lines.join('\n')}\n`
  if (process.env.UPDATE_GOLDEN) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  t.is(text, readFileSync(path, 'utf8'))
  for (const line of text.split('\n')) {
    t.true(width(line) <= columns, `wider than ${columns}: ${line}`)
    t.is(line, line.trimEnd())
  }
}
