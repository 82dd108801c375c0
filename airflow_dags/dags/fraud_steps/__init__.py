"""What the DAGs are put together from; knows Airflow and the command line of the platform."""
