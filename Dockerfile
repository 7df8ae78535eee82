# The simulators alone, as a service:
#   docker build -t mock-gateways . && docker run -p 127.0.0.1:12111:12111 -e ASSAY_MOCK_TOKEN=secret mock-gateways
# Gateways and options follow the name of the image; without a token in the environment one is made up, and logged.
FROM python:3.11-slim

WORKDIR /srv
COPY constraints.txt .
RUN pip install --no-cache-dir --constraint constraints.txt bootstrap-flask click flask orjson rich waitress
COPY mock_gateways mock_gateways

RUN useradd --system --no-create-home gateway
USER gateway
ENV PYTHONUNBUFFERED=1
EXPOSE 12111

HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:12111/_mock/health', timeout=2)"]

# Inside a container loopback is the container's own; publish the port on the host's loopback.
ENTRYPOINT ["python", "-m", "mock_gateways", "serve", "--host", "0.0.0.0", "--port", "12111"]
CMD ["stripe"]
