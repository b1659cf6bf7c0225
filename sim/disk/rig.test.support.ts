// A disk with nothing around it: tests call `node:fs` on it, script the choices, let errors befall, and enumerate what may survive.

import type nodeFs from 'node:fs'
import { createFakeHost, createFakeOperations, during } from '../stand-ins/fake-host.test.support.js'
import { createStandIns } from '../stand-ins/stand-ins.js'
import { Disk } from './disk.js'
import type { DiskFault, FileOperation } from './file-operation.js'
import { MODE_LABEL, MODES } from './survival.js'

export type Fs = typeof nodeFs

const virtualFs = createStandIns(createFakeOperations()).builtin('node:fs') as Fs

export class Rig {
  /** What was asked, as `label of bound`. */
  readonly asked: string[] = []
  /** The answers to come; without them, whatever is asked is an error. */
  answers: number[] = []
  /** Befalls the next operation that it may befall. */
  fault: DiskFault | undefined = undefined
  nowMs = 1000
  readonly disk = new Disk({ choose: (bound, label) => this.#choose(bound, label), nowMs: () => this.nowMs })

  run<T>(use: (fs: Fs) => T): T {
    const host = createFakeHost('setup')
    const fileInsideOneStep = (operation: FileOperation): unknown => {
      const fault = this.fault !== undefined && operation.faults.includes(this.fault) ? this.fault : undefined
      if (fault !== undefined) this.fault = undefined
      const result = operation.perform(fault)
      operation.digest(result)
      return result
    }
    return during({ ...host, disk: this.disk, fileInsideOneStep }, () => use(virtualFs))
  }

  #choose(bound: number, label: string): number {
    this.asked.push(`${label} of ${bound}`)
    const answer = this.answers.shift()
    if (answer === undefined || answer >= bound) throw new Error(`no answer to ${label} of ${bound}`)
    return answer
  }
}

/** Writes and syncs the file. The name is not synced. */
export function writeSynced(fs: Fs, path: string, data: string | Uint8Array): void {
  const fd = fs.openSync(path, 'w')
  fs.writeSync(fd, data as Uint8Array)
  fs.fsyncSync(fd)
  fs.closeSync(fd)
}

export function syncDirectory(fs: Fs, path: string): void {
  const fd = fs.openSync(path, 'r')
  fs.fsyncSync(fd)
  fs.closeSync(fd)
}

/** All files below the directory and what is in them, zeros as dots: `f=abc.. g=`. Directories end in a slash. */
export function show(fs: Fs, directory: string, prefix = ''): string {
  return fs
    .readdirSync(directory, { withFileTypes: true })
    .map((entry) => {
      const path = `${directory}/${entry.name}`
      if (entry.isDirectory()) return [`${prefix}${entry.name}/`, show(fs, path, `${prefix}${entry.name}/`)].join(' ').trim()
      return `${prefix}${entry.name}=${shorten(fs.readFileSync(path))}`
    })
    .join(' ')
}

/** Long runs of one character as a letter and their length. */
function shorten(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replaceAll('\0', '.')
    .replace(/(.)\1{11,}/gs, (run, character: string) => `${character}*${run.length}`)
}

/** Every state of `/d` that a power failure may leave after `act`, sorted. Both ways of asking must lead to the same. */
export function survivors(act: (fs: Fs, rig: Rig) => void): string[] {
  const start = (): Rig => {
    const rig = new Rig()
    rig.run((fs) => {
      fs.mkdirSync('/d')
      syncDirectory(fs, '/')
      act(fs, rig)
    })
    return rig
  }
  const end = (rig: Rig) => rig.run((fs) => show(fs, '/d'))
  const given = new Set<string>()
  const decisions = start().disk.unsynced()
  for (const answers of product(decisions.map(({ bound }) => bound))) {
    const rig = start()
    rig.disk.powerFailure(answers)
    given.add(end(rig))
  }
  const asked = new Set(explore(start, end))
  if ([...given].sort().join('\n') !== [...asked].sort().join('\n')) throw new Error(`answers lead to ${[...given]}, choices to ${[...asked]}`)
  return [...given].sort()
}

/** Fails with every sequence of choices in the mode `any subset`. */
function explore(start: () => Rig, end: (rig: Rig) => string): string[] {
  const states: string[] = []
  const paths: number[][] = [[]]
  for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
    const rig = start()
    let asked = 0
    let more: number | undefined
    rig.answers = []
    const taken = path
    const answer = (bound: number, label: string): number => {
      if (label === MODE_LABEL) return MODES.indexOf('any subset')
      const at = asked++
      if (at < taken.length) return taken[at] as number
      more ??= bound
      return 0
    }
    rig.answers.shift = () => {
      const [, label, bound] = /^(.*) of (\d+)$/.exec(rig.asked.at(-1) as string) as RegExpExecArray
      return answer(Number(bound), label as string)
    }
    rig.disk.powerFailure()
    if (more === undefined) states.push(end(rig))
    else for (let next = 0; next < more; next++) paths.push([...path, next])
  }
  return states
}

export function product(bounds: readonly number[]): number[][] {
  return bounds.reduce<number[][]>((lists, bound) => lists.flatMap((list) => Array.from({ length: bound }, (_, answer) => [...list, answer])), [[]])
}
