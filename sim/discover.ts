// From paths to scenarios: loads the files, instrumented, and collects what they export.

import { type Dirent, existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { begin, rest } from './heartbeat.js'
import { loadModule } from './instrument/load.js'
import { displayPath } from './instrument/load-error.js'
import type { StatefulPlace } from './outcome.js'
import { installRuntime } from './runtime.js'
import { isScenario, type Scenario } from './scenario.js'
import { UsageError } from './usage-error.js'

/** A scenario with what is known of its file. */
export interface DiscoveredScenario {
  readonly scenario: Scenario
  /** Absolute path. */
  readonly file: string
  /** npm packages that are instrumented besides the user's own files. */
  readonly packages: readonly string[]
  /** All instrumented files, with the hashes of their sources. */
  readonly files: readonly { readonly file: string; readonly sha256: string }[]
  /** State of instrumented modules that their functions change. */
  readonly stateful: readonly StatefulPlace[]
}

export interface DiscoverOptions {
  /** Names of npm packages to instrument. */
  readonly packages?: readonly string[]
}

const SCENARIO_FILE = /\.scenario\.[cm]?[jt]sx?$/
const DEFAULT_FOLDER = 'scenarios'
const FOLDERS_LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.heddle', 'coverage'])

/**
 * The scenarios that the files and folders of `paths` export; of a folder, those of its `*.scenario.*` files and of the folders below.
 * Without paths: of the folder `scenarios`, or of the working folder.
 *
 * Throws {@link UsageError} for a path that does not exist, a file that exports no scenario, and two scenarios of one name; LoadError for
 * a file that cannot be loaded.
 */
export async function discover(paths: readonly string[], options: DiscoverOptions = {}): Promise<DiscoveredScenario[]> {
  installRuntime()
  const packages = options.packages ?? []
  const found: DiscoveredScenario[] = []
  for (const file of scenarioFiles(paths.length > 0 ? paths : [existsSync(DEFAULT_FOLDER) ? DEFAULT_FOLDER : '.'])) {
    begin({ kind: 'loading', file: displayPath(file) })
    const { exports, files, stateful } = await loadModule(file, { packages }).finally(rest)
    const scenarios = scenariosIn(exports)
    if (scenarios.length === 0) {
      const names = Object.keys(exports)
      throw new UsageError(
        `expected ${displayPath(file)} to export a scenario made by scenario(), or an array of them; got ${names.length === 0 ? 'no exports' : `the exports ${names.join(', ')}`}`,
      )
    }
    for (const scenario of scenarios)
      found.push({
        scenario,
        file,
        packages,
        files,
        stateful: stateful.map(({ name, file, line, column }) => ({ name, position: { file: displayPath(file), line, column } })),
      })
  }
  refuseEqualNames(found)
  return found
}

function scenarioFiles(paths: readonly string[]): string[] {
  const files = new Set<string>()
  for (const path of paths) {
    const absolute = resolve(path)
    if (!existsSync(absolute)) throw new UsageError(`expected a file or folder with scenarios, got ${path}, which does not exist`)
    if (!statSync(absolute).isDirectory()) {
      files.add(absolute)
      continue
    }
    const inside = filesBelow(absolute)
    if (inside.length === 0) throw new UsageError(`expected the folder ${path} to hold files named *.scenario.ts (or .js, .mts, .mjs), got none`)
    for (const file of inside) files.add(file)
  }
  return [...files]
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a: Dirent, b: Dirent) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return FOLDERS_LEFT_OUT.has(entry.name) ? [] : filesBelow(path)
    return SCENARIO_FILE.test(entry.name) ? [path] : []
  })
}

function scenariosIn(exports: Record<string, unknown>): Scenario[] {
  const found = new Set<Scenario>()
  for (const value of Object.values(exports)) {
    for (const candidate of Array.isArray(value) ? value : [value]) if (isScenario(candidate)) found.add(candidate)
  }
  return [...found]
}

function refuseEqualNames(found: readonly DiscoveredScenario[]): void {
  const files = new Map<string, string>()
  for (const { scenario, file } of found) {
    const other = files.get(scenario.name)
    if (other !== undefined) {
      throw new UsageError(
        `expected every scenario to have a name of its own, got two named "${scenario.name}", ${other === file ? 'both' : `in ${displayPath(other)} and`} in ${displayPath(file)}; rename one of them`,
      )
    }
    files.set(scenario.name, file)
  }
}
