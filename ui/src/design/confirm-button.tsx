import { Button, type ButtonProps, Group, Modal, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { asApiError, ErrorBox } from './states.js'

interface Question {
  readonly title: string
  /** What will happen, in full. */
  readonly children: ReactNode
  readonly confirm: string
  readonly onConfirm: () => Promise<unknown>
  readonly isDangerous?: boolean
  readonly canConfirm?: boolean
  /** What the button says that does nothing; beside one that cancels, `Cancel` would be read as that. */
  readonly decline?: string
}

/** A button whose action is only done after saying exactly what it will do. */
export function ConfirmButton({
  label,
  title,
  children,
  confirm,
  onConfirm,
  isDangerous,
  canConfirm,
  ...button
}: Omit<ButtonProps, 'children'> & Question & { label: string }) {
  const [isOpen, { open, close }] = useDisclosure()
  return (
    <>
      <Button variant="default" {...button} onClick={open}>
        {label}
      </Button>
      <ConfirmDialog
        title={title}
        confirm={confirm}
        onConfirm={onConfirm}
        isDangerous={isDangerous}
        canConfirm={canConfirm}
        isOpen={isOpen}
        onClose={close}
      >
        {children}
      </ConfirmDialog>
    </>
  )
}

/** The same question where something else than a button of its own asks for it. */
export function ConfirmDialog({
  title,
  children,
  confirm,
  onConfirm,
  isDangerous = false,
  canConfirm = true,
  decline = 'Cancel',
  isOpen,
  onClose,
}: Question & { isOpen: boolean; onClose: () => void }) {
  const action = useMutation({ mutationFn: onConfirm, onSuccess: onClose })
  return (
    <Modal opened={isOpen} onClose={onClose} title={title}>
      <Stack gap="sm">
        {children}
        {action.error && <ErrorBox error={asApiError(action.error)} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" data-autofocus onClick={onClose}>
            {/^Cancel/.test(confirm) ? 'Leave it' : decline}
          </Button>
          <Button
            color={isDangerous ? 'red.8' : undefined}
            loading={action.isPending}
            disabled={!canConfirm}
            onClick={() => action.mutate()}
          >
            {confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
