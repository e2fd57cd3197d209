import { Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { ConfirmDialog } from '../../../design/confirm-button.js'

/** Asks before what was changed and not saved goes. */
export function LeaveGuard({ isDirty, name }: { isDirty: boolean; name: string }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && !(next.pathname === current.pathname && isEdited(next.search)),
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  })
  return (
    <ConfirmDialog
      title="Leave without saving?"
      confirm="Leave"
      decline="Stay"
      isDangerous
      isOpen={status === 'blocked'}
      onClose={() => reset?.()}
      onConfirm={async () => proceed?.()}
    >
      <Text size="sm">What you changed of {name} is not written yet, and is lost when you leave.</Text>
    </ConfirmDialog>
  )
}

const isEdited = (search: object) => 'tab' in search && (search.tab === 'schema' || search.tab === 'settings')
