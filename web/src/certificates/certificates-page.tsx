import { Table } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { CertificateListView } from '../../../src/api/overview-contract.ts';
import { request } from '../api/request.ts';
import { ListTools } from '../look/list-tools.tsx';
import { Problem } from '../look/notice.tsx';
import { Empty, Page, Panel } from '../look/page.tsx';
import { Pager } from '../look/pager.tsx';
import { type State, StateLabel } from '../look/state-mark.tsx';
import { Day } from '../look/time.tsx';
import styles from '../users/users-page.module.css';
import { certificatesKey } from './certificates.ts';
import { WebCertificatePanel } from './web-certificate-panel.tsx';

const perPage = 50;
const kinds = [
  ['in-force', 'In force'],
  ['revoked', 'Revoked'],
  ['all', 'All'],
] as const;
const soonMs = 30 * 86_400_000;

/** Every certificate that was issued for a profile, those that were revoked too. */
export default function CertificatesPage() {
  const [search, setSearch] = useState('');
  const [state, setState] = useState<(typeof kinds)[number][0]>('in-force');
  const [offset, setOffset] = useState(0);
  const [settled] = useDebouncedValue(search.trim(), 200);
  const { data, error } = useQuery({
    queryKey: [...certificatesKey, settled, state, offset],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({
        search: settled,
        state,
        offset: String(offset),
        limit: String(perPage),
      });
      return request<CertificateListView>(`/certificates?${query}`, { signal });
    },
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });
  const certificates = data?.certificates ?? [];
  return (
    <Page
      title="Certificates"
      about="That of the pages, and one for each profile. A profile is made, renewed and revoked on the page of its user; private keys leave only inside the profile."
    >
      <WebCertificatePanel />
      <Problem error={error} />
      <Panel title="Profiles" flush>
        <ListTools
          searchLabel="Search by name or serial number"
          search={search}
          onSearch={(wanted) => {
            setSearch(wanted);
            setOffset(0);
          }}
          kindLabel="Which certificates"
          kinds={kinds}
          kind={state}
          onKind={(kind) => {
            setState(kind);
            setOffset(0);
          }}
        />
        {certificates.length === 0 && data !== undefined ? (
          <Empty title="There is no such certificate" />
        ) : null}
        {certificates.length === 0 ? null : (
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>User</Table.Th>
                <Table.Th>Profile</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th className={styles['wide'] ?? ''}>Until</Table.Th>
                <Table.Th className={styles['wide'] ?? ''}>Serial number</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {certificates.map((one) => (
                <Table.Tr key={one.serial}>
                  <Table.Td className={styles['name'] ?? ''}>
                    <Link to={`/users/${encodeURIComponent(one.user)}`}>{one.user}</Link>
                  </Table.Td>
                  <Table.Td className={styles['name'] ?? ''}>{one.profile}</Table.Td>
                  <Table.Td>
                    <StateLabel state={standing(one).state}>{standing(one).text}</StateLabel>
                  </Table.Td>
                  <Table.Td className={styles['wide'] ?? ''}>
                    <Day at={one.expiresAt} />
                  </Table.Td>
                  <Table.Td className={`${styles['wide'] ?? ''} mono`}>{one.serial}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
        <Pager
          offset={offset}
          limit={perPage}
          total={data?.total ?? 0}
          what="certificates"
          onOffset={setOffset}
        />
      </Panel>
    </Page>
  );
}

function standing(one: CertificateListView['certificates'][number]): { state: State; text: string } {
  if (one.revokedAt !== null) return { state: 'bad', text: one.revocationReason ?? 'revoked' };
  const left = Date.parse(one.expiresAt) - Date.now();
  if (left <= 0) return { state: 'bad', text: 'expired' };
  return left < soonMs ? { state: 'warning', text: 'ends soon' } : { state: 'good', text: 'in force' };
}
