"""Runs the services of docker-compose.yaml as processes of this machine, without Docker.

The same commands, environment, health checks and conditions as in the file. What has to differ because a process is
no container is in one place: ``translation``. What of the file has no meaning for processes is named in ``keys``;
anything else that is not understood is an error, so that the file cannot say what is not run.
"""
