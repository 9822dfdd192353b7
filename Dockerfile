# Airflow with the sync in it. No settings, keys or shop files are in the image: those come from .env and a folder.
#
# "slim" is Airflow without most of the 30 or so providers of the full image: what is needed is pinned in
# requirements.txt. The tag is pinned, its digest is not: whoever builds can add it (docker buildx imagetools inspect).
FROM apache/airflow:slim-3.3.2-python3.12

# The code belongs to root, so that nothing that runs can change it. A new volume takes over whose the shared folder is.
USER 0
RUN install -d -o airflow -g 0 -m 0775 /opt/airflow/shared \
    && install -d -m 0755 /opt/abicart-specter /opt/abicart-specter-shops
# the image's user airflow
USER 50000

# what changes seldom comes first. Test tools stay out: only what stands above their heading in requirements.in is
# installed, in the versions of requirements.txt.
WORKDIR /opt/abicart-specter
COPY requirements.in requirements.txt ./
RUN sed '/^# tests and checks/,$d' requirements.in > /tmp/requirements.run \
    && pip install --no-cache-dir --requirement /tmp/requirements.run --constraint requirements.txt \
    && rm /tmp/requirements.run

COPY pyproject.toml README.md ./
COPY plugins/ plugins/
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable .
COPY include/ include/
COPY dags/ dags/
COPY deploy/ deploy/

WORKDIR /opt/airflow
