interface Props {
  label: string;
  isOn: boolean;
  set: (on: boolean) => void;
}

/** A switch with its label. */
export function Switch({ label, isOn, set }: Props) {
  return (
    <label class="switch">
      <input type="checkbox" role="switch" checked={isOn} onChange={(event) => set(event.currentTarget.checked)} />
      {label}
    </label>
  );
}
