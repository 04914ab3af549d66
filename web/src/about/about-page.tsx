import { useQuery } from '@tanstack/react-query';
import type { AboutView } from '../../../src/api/overview-contract.ts';
import { request } from '../api/request.ts';
import { Problem } from '../look/notice.tsx';
import { Fact, Facts, Page, Panel } from '../look/page.tsx';
import { Ago } from '../look/time.tsx';

/** What runs here, for whoever has to tell somebody else. */
export default function AboutPage() {
  const { data, error } = useQuery({
    queryKey: ['about'],
    queryFn: ({ signal }) => request<AboutView>('/about', { signal }),
  });
  return (
    <Page title="About" about="What runs on this node.">
      <Problem error={error} />
      {data === undefined ? null : (
        <Panel>
          <Facts>
            <Fact name="Tandem">{data.versions.tandem}</Fact>
            <Fact name="This node">
              {data.node}, running for <Ago at={data.startedAt} bare />
            </Fact>
            <Fact name="OpenVPN">{data.versions.openvpn ?? 'does not say its version'}</Fact>
            <Fact name="Node.js">{data.versions.node}</Fact>
            <Fact name="SQLite">{data.versions.sqlite}</Fact>
            <Fact name="OpenSSL">{data.versions.openssl}</Fact>
            <Fact name="Linux">{data.versions.kernel}</Fact>
            <Fact name="Licence">{data.license}</Fact>
            <Fact name="API">
              <a href="/api/docs/">Description, to read and try</a>
            </Fact>
          </Facts>
        </Panel>
      )}
    </Page>
  );
}
