import { Button, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import { post, segment } from '../../api/client.js'
import { asApiError, ErrorBox } from '../../design/states.js'

/** Writes the schema that the records of a test have into the manifest. */
export function UseSchemaButton({
  name,
  yaml,
  stream,
  schema,
  onYaml,
}: {
  name: string
  yaml: string
  stream: string
  schema: Readonly<Record<string, unknown>>
  onYaml: (yaml: string) => void
}) {
  const latest = useRef(yaml)
  latest.current = yaml
  const write = useMutation({
    /** Answers whether it was taken: what is typed meanwhile is not in the answer. */
    mutationFn: async () => {
      const made = await post<{ yaml: string }>(`/connectors/${segment(name)}/manifest-with-schema`, {
        yaml,
        stream,
        schema,
      })
      const isTaken = latest.current === yaml
      if (isTaken) onYaml(made.yaml)
      return isTaken
    },
  })
  return (
    <>
      <Button variant="default" loading={write.isPending} onClick={() => write.mutate()}>
        Use the schema that the records have
      </Button>
      {write.data === false && !write.isPending && (
        <Text size="sm" role="status">
          The text was changed meanwhile, and the schema not written into it. Press again.
        </Text>
      )}
      {write.error && <ErrorBox error={asApiError(write.error)} />}
    </>
  )
}
