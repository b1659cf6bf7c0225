// The folder into which runs put their failures. A recording is never overwritten by a different one.

import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Below the working folder. */
export const FAILURES_FOLDER = '.heddle/failures'

/**
 * Writes a recording as `<slug of the scenario>-<4 hex digits>.json` and returns its path. The digits are those of a hash of the content,
 * more of them where another recording has the name already; the same recording is found again and not written twice.
 */
export function saveRecording(folder: string, scenario: string, content: string): string {
  mkdirSync(folder, { recursive: true })
  const hash = createHash('sha256').update(content).digest('hex')
  for (let digits = HASH_DIGITS; digits <= hash.length; digits++) {
    const path = join(folder, `${slug(scenario)}-${hash.slice(0, digits)}.json`)
    try {
      writeFileSync(path, content, { flag: 'wx' })
      return path
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      if (readFileSync(path, 'utf8') === content) return path
    }
  }
  throw new Error(`heddle internal: two recordings with the hash ${hash}`)
}

/** A name as part of a file name: `varslot/free races` → `varslot-free-races`. Letters and digits of every script stay. */
export function slug(name: string): string {
  const words =
    name
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{Letter}\p{Mark}\p{Number}]+/gu) ?? []
  return Array.from(words.join('-')).slice(0, SLUG_MAX).join('').replace(/-$/, '') || 'scenario'
}

const HASH_DIGITS = 4
const SLUG_MAX = 60
