// heddle list: the scenarios that were found, with peers, faults and invariants.

import { type Context, reportColumns } from '../context.js'
import { type ExitCode, exitCode } from '../exit-code.js'
import { scenarioPaths, shownPath } from '../paths.js'
import { toJson } from '../report/json.js'
import { palette } from '../report/palette.js'
import { listedJson, scenarioList } from '../report/scenario-list.js'

export interface ListOptions {
  readonly paths: readonly string[]
  readonly packages: readonly string[]
  readonly json: boolean
}

export async function list(options: ListOptions, context: Context): Promise<ExitCode> {
  const paths = scenarioPaths(options.paths, context.cwd)
  const engine = await context.loadEngine()
  const found = await engine.discover(paths, { packages: options.packages })
  const listed = found.map(({ scenario, file }) => ({ scenario, file: shownPath(file, context.cwd) }))
  const { stdout } = context
  if (options.json) stdout.write(`${toJson({ heddle: context.version, command: 'list', exitCode: exitCode.passed, scenarios: listed.map(listedJson) })}\n`)
  else stdout.write(`${scenarioList(listed, { columns: reportColumns(stdout), palette: palette(stdout.colorLevel) }).join('\n')}\n`)
  return exitCode.passed
}
