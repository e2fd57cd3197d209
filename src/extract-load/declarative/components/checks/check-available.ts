import type { DeclarativeStream, RecordData } from '../../component-contract.js'
import { failure, failureOf, retold } from '../../failure.js'

/** Reads the first record of the first slice. @throws where that does not work, or there is no slice */
export async function checkAvailable(stream: DeclarativeStream): Promise<void> {
  try {
    await readFirst(stream)
  } catch (error) {
    throw retold(error, `The stream \`${stream.name}\` cannot be read: ${failureOf(error).message}`, 'API_REFUSED')
  }
}

async function readFirst(stream: DeclarativeStream): Promise<RecordData | undefined> {
  for await (const slice of stream.slices()) {
    await stream.schema()
    for await (const records of stream.readSlice(slice)) if (records.length > 0) return records[0]
    return undefined
  }
  throw failure('API_ANSWER_INVALID', {
    message: 'It has no slices: its parent streams have no records, or its list of partitions is empty.',
    failureType: 'config_error',
  })
}
