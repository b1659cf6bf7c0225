// Which files a command is about, and how reports name them.

import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { didYouMean, UsageProblem } from './usage-problem.js'
import { shown } from './values.js'

/**
 * The files and folders in which to look for scenarios, absolute: those named, or the folder `scenarios`, or every `*.scenario.*`
 * below the working folder.
 */
export function scenarioPaths(named: readonly string[], cwd: string): string[] {
  if (named.length > 0) return named.map((path) => existing(path, cwd, 'a scenario file or a folder with some'))
  const folder = join(cwd, 'scenarios')
  if (existsSync(folder) && statSync(folder).isDirectory()) return [folder]
  const files = scenarioFiles(cwd)
  if (files.length > 0) return files
  throw new UsageProblem(
    'expected a folder named scenarios or files named *.scenario.ts below the working folder, got neither; name a file, as in: heddle run src/lock.scenario.ts',
  )
}

/** `path`, absolute, if there is something. */
export function existing(path: string, cwd: string, expected: string): string {
  const absolute = resolve(cwd, path)
  if (existsSync(absolute)) return absolute
  throw new UsageProblem(`expected ${expected}, got ${shown(path)}, which does not exist${suggestion(path, absolute)}`)
}

/** Relative to the working folder where it is inside, with forward slashes. */
export function shownPath(file: string, cwd: string): string {
  const path = relative(cwd, resolve(cwd, file))
  return path === '' || path.startsWith('..') ? file : path.split(sep).join('/')
}

function suggestion(path: string, absolute: string): string {
  const folder = dirname(absolute)
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return ''
  const typed = path.replace(/[/\\]+$/, '')
  const before = typed.slice(0, typed.length - basename(typed).length)
  return didYouMean(basename(typed), readdirSync(folder).sort(), (name) => before + name)
}

function scenarioFiles(folder: string): string[] {
  const files: string[] = []
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (!entry.name.startsWith('.') && !SKIPPED.has(entry.name)) files.push(...scenarioFiles(path))
    } else if (/\.scenario\.m?[jt]s$/.test(entry.name)) {
      files.push(path)
    }
  }
  return files
}

const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'dist', 'coverage'])
