import { useQuery } from '@tanstack/react-query';
import type {
  AcmeRequest,
  WebCertificateAnswer,
  WebCertificateView,
} from '../../../src/api/web-certificate-contract.ts';
import { request } from '../api/request.ts';

export type { AcmeRequest, WebCertificateView };

export const webCertificateKey = ['web-certificate'] as const;
const place = '/web/certificate';
/** An authority takes its time; the node gives up before. */
const orderMs = 90_000;

export function useWebCertificate() {
  return useQuery({
    queryKey: webCertificateKey,
    queryFn: ({ signal }) => request<WebCertificateView>(place, { signal }),
    refetchInterval: 30_000,
  });
}

export const bringCertificate = (certificate: string, privateKey: string): Promise<WebCertificateAnswer> =>
  request(place, { method: 'PUT', body: { certificate, privateKey } });
export const orderCertificate = (wish: AcmeRequest): Promise<WebCertificateAnswer> =>
  request(`${place}/acme`, { method: 'PUT', body: wish, timeoutMs: orderMs });
export const resetCertificate = (): Promise<WebCertificateAnswer> => request(place, { method: 'DELETE' });
