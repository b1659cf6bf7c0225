// A failure that is written down, and the lines of a report that say how to see it again.

import { plural } from '../sim/count.js'
import type { Outcome } from '../sim/outcome.js'
import type { Engine } from './engine.js'
import { saveRecording } from './failures-folder.js'
import { shownPath } from './paths.js'
import { heddleCommand } from './shell.js'

export interface KeptFailure {
  /** Path of the recording as reports show it; absent where none was written. */
  readonly recording: string | undefined
  readonly replay: string | undefined
  readonly token: string
  /** Why no recording was written. */
  readonly trouble: string | undefined
}

/** A failure that cannot be saved must still be shown: the token holds all of it. */
export function keep({ scenario, recording }: Outcome, folder: string, engine: Engine, cwd: string): KeptFailure {
  const token = engine.recordingToken(recording)
  try {
    const path = shownPath(saveRecording(folder, scenario, engine.recordingFile(recording)), cwd)
    return { recording: path, replay: heddleCommand('replay', path), token, trouble: undefined }
  } catch (error) {
    return { recording: undefined, replay: undefined, token, trouble: error instanceof Error ? error.message : String(error) }
  }
}

export function replayLines({ replay, trouble }: KeptFailure): [label: string, text: string][] {
  if (replay !== undefined) return [['replay', replay]]
  return trouble === undefined ? [] : [['replay', `not saved (${trouble}); replay the token`]]
}

export function tokenLine({ token, trouble }: KeptFailure): [label: string, text: string] {
  const isShown = token.length <= TOKEN_SHOWN_MAX || trouble !== undefined
  return ['token', isShown ? token : `${plural(token.length, 'character')}, too long to paste; the file holds the same`]
}

/** A longer token is not printed: nobody pastes it. */
const TOKEN_SHOWN_MAX = 1200
