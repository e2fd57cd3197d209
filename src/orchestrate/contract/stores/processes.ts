import type { KnownProcess, ProcessReport } from '../processes.js'

/** Processes of the installation. */
export interface ProcessStore {
  /** Says that a process is there; those that were not heard of for an hour are forgotten. @param isNew it has just started */
  reportProcess(report: ProcessReport, isNew: boolean): Promise<void>
  /** It ends in order: nobody is to look for it. */
  removeProcess(name: string): Promise<void>
  /** All that were heard of lately, the lost ones too, by kind and then by age. */
  processes(): Promise<readonly KnownProcess[]>
}
