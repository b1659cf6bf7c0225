// The operations in the user's source, by number. Twins name them by number only; texts and places are looked up for reports.

import type { ModuleInfo, Site } from './instrument/contract.js'

export interface PlacedSite extends Site {
  /** Absolute path. */
  readonly file: string
}

const sites: PlacedSite[] = []

/** Registers a module's sites; returns the number of its first one. */
export function registerSites(module: ModuleInfo): number {
  const first = sites.length
  for (const site of module.sites) sites.push({ ...site, file: module.file })
  return first
}

/** The site of that number; undefined for operations that have none in the user's source. */
export function siteOf(number: number): PlacedSite | undefined {
  return sites[number]
}
