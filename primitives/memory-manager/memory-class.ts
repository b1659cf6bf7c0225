// Which memory a message lives in, as the header says it. A label for whoever moves the bytes on: nothing here depends on it.

import { isBelow } from '../argument-checks.js'
import { BadArgumentError } from '../errors.js'

export type MemoryClass = 'host' | 'pinned-host' | 'shared' | { readonly device: number }

const NAMED: readonly Exclude<MemoryClass, object>[] = ['host', 'pinned-host', 'shared']
const FIRST_DEVICE = 256
const DEVICES = 256

/** 0 host, 1 pinned-host, 2 shared, 256 + n device n. Throws BadArgumentError. */
export function memoryClassCode(argument: string, memoryClass: unknown): number {
  const named = NAMED.indexOf(memoryClass as 'host')
  if (named >= 0) return named
  if (typeof memoryClass === 'object' && memoryClass !== null && 'device' in memoryClass && isBelow(memoryClass.device, DEVICES))
    return FIRST_DEVICE + memoryClass.device
  throw new BadArgumentError(argument, memoryClass, `'host', 'pinned-host', 'shared' or { device: 0 to ${DEVICES - 1} }`)
}

/** The memory class of a code; undefined if there is none. */
export function memoryClassOf(code: number): MemoryClass | undefined {
  if (code >= FIRST_DEVICE && code < FIRST_DEVICE + DEVICES) return { device: code - FIRST_DEVICE }
  return NAMED[code]
}
