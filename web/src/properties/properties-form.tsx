import { NativeSelect, TextInput } from '@mantine/core';
import { useRefusal } from '../look/refusal.ts';
import { LinesField } from '../settings/lines-field.tsx';
import styles from '../settings/settings.module.css';
import type { Said } from './properties.ts';

interface PropertiesFormProps {
  readonly said: Said;
  /** Whose word counts where nothing is said: `the group`, `everybody`. */
  readonly otherwise: string;
  readonly onChange: (said: Said) => void;
}

/** Of the request: those that show what the node says against them beside them. */
export const propertyFields: readonly string[] = ['expiresAt', 'routes', 'access'];

/** What is said of a user or group; each property may also be left to whoever comes next. */
export function PropertiesForm({ said, otherwise, onChange }: PropertiesFormProps) {
  const left = `As ${otherwise}`;
  const refusals = {
    expiresAt: useRefusal('expiresAt'),
    routes: useRefusal('routes'),
    access: useRefusal('access'),
  };
  return (
    <div className={styles['grid']}>
      <YesNo
        label="One-time code required"
        description="Without a key nobody gets in before one is set up"
        left={left}
        value={said.oneTimeCode}
        onChange={(oneTimeCode) => onChange({ ...said, oneTimeCode })}
      />
      <YesNo
        label="Log in by profile alone"
        description="Profiles that need no password may be made and used"
        left={left}
        value={said.autoLogin}
        onChange={(autoLogin) => onChange({ ...said, autoLogin })}
      />
      <NativeSelect
        label="Expires"
        value={said.expires}
        data={[
          { value: 'inherit', label: left },
          { value: 'never', label: 'Never' },
          { value: 'at', label: 'After a day' },
        ]}
        onChange={(event) => onChange({ ...said, expires: event.currentTarget.value as Said['expires'] })}
      />
      {said.expires === 'at' ? (
        <TextInput
          type="date"
          label="Last day"
          required
          error={refusals.expiresAt}
          value={said.expiresOn}
          onChange={(event) => onChange({ ...said, expiresOn: event.currentTarget.value })}
        />
      ) : null}
      <NativeSelect
        label="Networks beside everybody’s"
        value={said.routes === null ? 'inherit' : 'these'}
        data={[
          { value: 'inherit', label: left },
          { value: 'these', label: 'These' },
        ]}
        onChange={(event) => onChange({ ...said, routes: event.currentTarget.value === 'these' ? [] : null })}
      />
      {said.routes === null ? null : (
        <LinesField
          label="Networks"
          description="One a line, such as 10.20.0.0/16"
          error={refusals.routes}
          value={said.routes}
          onChange={(routes) => onChange({ ...said, routes })}
        />
      )}
      <NativeSelect
        label="May reach"
        value={said.access === null ? 'inherit' : said.access === 'everything' ? 'everything' : 'these'}
        data={[
          { value: 'inherit', label: left },
          { value: 'everything', label: 'Everything that is routed' },
          { value: 'these', label: 'Only these' },
        ]}
        onChange={(event) => {
          const { value } = event.currentTarget;
          onChange({
            ...said,
            access: value === 'these' ? [] : value === 'everything' ? 'everything' : null,
          });
        }}
      />
      {said.access === null || said.access === 'everything' ? null : (
        <LinesField
          label="Only these may be reached"
          description="One a line: 10.20.0.0/16, 10.20.0.5 tcp 443, fd00::/8 udp 53,5000-5010"
          error={refusals.access}
          value={said.access}
          onChange={(access) => onChange({ ...said, access })}
        />
      )}
    </div>
  );
}

interface YesNoProps {
  readonly label: string;
  readonly description: string;
  readonly left: string;
  readonly value: boolean | null;
  readonly onChange: (value: boolean | null) => void;
}

function YesNo({ label, description, left, value, onChange }: YesNoProps) {
  return (
    <NativeSelect
      label={label}
      description={description}
      value={value === null ? 'inherit' : value ? 'yes' : 'no'}
      data={[
        { value: 'inherit', label: left },
        { value: 'yes', label: 'Yes' },
        { value: 'no', label: 'No' },
      ]}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        onChange(chosen === 'inherit' ? null : chosen === 'yes');
      }}
    />
  );
}
